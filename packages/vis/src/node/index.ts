/** @file For Node only: pictures from files, files written whole or not at all, and what the terminal can show. */

export { ensureWritableFolder, readPicture, writeFileAtomic, type ReadPictureOptions } from './files.ts';
export { terminalAbilities, type TerminalAbilities } from './terminal.ts';
