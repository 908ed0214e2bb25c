/** @file For Node only: pictures from files, and files written whole or not at all. */

export { ensureWritableFolder, readPicture, writeFileAtomic, type ReadPictureOptions } from './files.ts';
export { terminalAbilities, type TerminalAbilities } from './terminal.ts';
