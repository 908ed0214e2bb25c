/** @file The constant parts of a report page: its style sheet, the script of its player, and the policy that allows only these. */

import { dark, FONT, light, PLOT_STYLE, type Theme } from './theme.ts';

/** The style sheet of a report, plots included. */
export const PAGE_STYLE: string = [
  colours(light),
  `@media (prefers-color-scheme:dark){${colours(dark)}}`,
  ':root{color-scheme:light dark}*{box-sizing:border-box}',
  `body{margin:0;background:var(--back);color:var(--ink);font:16px/1.55 ${FONT}}`,
  'main{max-width:1080px;margin:0 auto;padding:40px 24px 64px}',
  'h1{font-size:1.9rem;line-height:1.2;margin:0 0 8px}h2{font-size:1.25rem;margin:48px 0 8px;padding-top:16px;border-top:1px solid var(--grid)}',
  'p{max-width:72ch;margin:8px 0}.lead{font-size:1.1rem;color:var(--soft)}',
  '.facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));gap:12px;margin:28px 0 0}',
  '.facts div{border:1px solid var(--grid);border-radius:8px;padding:12px 14px}.facts dt{font-size:.85rem;color:var(--soft)}',
  '.facts dd{margin:0}.facts .value{font-size:1.25rem;font-weight:600;line-height:1.35;overflow-wrap:anywhere}.facts .unit{font-size:.85rem;font-weight:400;color:var(--soft)}.facts .note{font-size:.8rem;color:var(--soft)}',
  '.blocks{display:flex;flex-wrap:wrap;gap:28px;align-items:flex-start;margin-top:16px}',
  'figure{margin:0;max-width:100%}figcaption{font-size:.9rem;color:var(--soft);margin-top:8px;max-width:64ch}',
  'figure svg{max-width:100%;height:auto;display:block}figure img{max-width:100%;height:auto;display:block;image-rendering:pixelated;border-radius:4px}',
  '.scroll{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.92rem}',
  'th,td{padding:6px 14px 6px 0;text-align:left;border-bottom:1px solid var(--grid)}th{color:var(--soft);font-weight:600}.number{text-align:right}',
  'pre{background:var(--grid);border-radius:8px;padding:12px 14px;overflow-x:auto;font-size:.85rem;margin:0}',
  '.controls{display:flex;gap:10px;align-items:center;margin-top:10px}.controls[hidden],.player img[hidden]{display:none}',
  '.controls button{width:72px;height:32px;border:1px solid var(--axis);border-radius:6px;background:none;color:inherit;font:inherit;line-height:1;cursor:pointer}',
  '.controls input{flex:1;min-width:80px;accent-color:var(--mark)}.controls output{font-size:.9rem;color:var(--soft);min-width:6em;font-variant-numeric:tabular-nums}',
  'footer{margin-top:56px;font-size:.85rem;color:var(--soft)}',
  PLOT_STYLE,
].join('');

/** The player: shows one frame at a time; plays round and round unless the reader asked for less motion. */
export const PLAYER_SCRIPT: string = `'use strict';
for (const player of document.querySelectorAll('.player')) {
  const frames = [...player.querySelectorAll('img')];
  const button = player.querySelector('button');
  const slider = player.querySelector('input');
  const output = player.querySelector('output');
  const delay = Number(player.dataset.delay);
  let shown = frames.findIndex((frame) => !frame.hidden);
  let timer;
  const show = (index) => {
    frames[shown].hidden = true;
    shown = index;
    frames[shown].hidden = false;
    slider.value = String(shown);
    output.value = frames[shown].dataset.label;
  };
  const stop = () => {
    clearTimeout(timer);
    timer = undefined;
    button.textContent = 'Play';
  };
  const advance = () => {
    show((shown + 1) % frames.length);
    timer = setTimeout(advance, shown === frames.length - 1 ? Math.max(1000, delay) : delay);
  };
  const play = () => {
    button.textContent = 'Pause';
    timer = setTimeout(advance, delay);
  };
  button.addEventListener('click', () => (timer === undefined ? play() : stop()));
  slider.addEventListener('input', () => {
    stop();
    show(Number(slider.value));
  });
  player.querySelector('.controls').hidden = false;
  show(shown);
  stop();
  if (!matchMedia('(prefers-reduced-motion: reduce)').matches) play();
}
`;

/** SHA-256 of the two texts above, in base64; the tests say the new ones when a text has changed. */
export const PAGE_STYLE_HASH = 'MyffhNuIdCp8h0mkfUgzpZ0HtMmIdiqiXnHSHJ5VvNA=';
export const PLAYER_SCRIPT_HASH = 'wGulM+rvbxs7nAmsHA8xU4Sj0UNvQazIirJozKmpJXY=';

/** Nothing from outside, no script and no style but the page's own; images only from within the file. */
export const POLICY: string = [
  "default-src 'none'",
  'img-src data:',
  `style-src 'sha256-${PAGE_STYLE_HASH}'`,
  `script-src 'sha256-${PLAYER_SCRIPT_HASH}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

function colours({ back, ink, soft, axis, grid, lines }: Theme): string {
  return `:root{--back:${back};--ink:${ink};--soft:${soft};--axis:${axis};--grid:${grid};--mark:${lines[0] ?? ink}}`;
}
