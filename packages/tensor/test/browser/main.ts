/**
 * @file `npm run browser`: the cases of the gpu backend in a browser, with WebGL 2 in software, for js, wasm and gpu, and programs
 * with two threads and with fused products. `-- --quick`, which `npm test` runs, has one case per primitive for the gpu and no smoke, whose many programs take half of
 * the time to build there. Skipped, and said so, where there is no Chromium (chromium.ts says where it is looked for); TAPEFLOW_REQUIRE_BROWSER=1 makes that a failure.
 */
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { findChromium } from './chromium.ts';
import type { PageReport } from './page.ts';

/** WebGL 2 without graphics hardware. */
const SOFTWARE = ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'];

const found = findChromium({ environment: process.env, exists: existsSync, downloaded: chromium.executablePath() });
if ('path' in found) {
  process.exitCode = await runIn(found.path);
} else {
  const isSkipped = found.missing === 'skip';
  console.log(`${found.missing} browser: ${found.reason}`);
  console.log(`0 passed, ${isSkipped ? 0 : 1} failed, ${isSkipped ? 1 : 0} skipped`);
  process.exitCode = isSkipped ? 0 : 1;
}

/** Shared memory needs a page that is cross-origin isolated, which takes a server. */
async function serveEmptyPage(): Promise<{ readonly server: Server; readonly address: string }> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html', 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' });
    response.end('<!doctype html>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

/** Runs the page and returns the exit code. */
async function runIn(path: string): Promise<number> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('page.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    conditions: ['tapeflow-source'],
    logLevel: 'error',
  });
  const { server, address } = await serveEmptyPage();
  const browser = await chromium.launch({ executablePath: path, args: SOFTWARE });
  try {
    const page = await browser.newPage();
    page.on('pageerror', (error) => console.error(error.message));
    await page.goto(address);
    await page.addScriptTag({ content: outputFiles[0]!.text });
    const reports = (await page.evaluate(`main(${process.argv.includes('--quick')})`)) as PageReport[];
    return report(`Chromium ${browser.version()}`, reports);
  } finally {
    await browser.close();
    server.close();
  }
}

function report(browser: string, reports: readonly PageReport[]): number {
  for (const { backend, passed, failures, milliseconds } of reports) {
    console.log(`${failures.length === 0 ? 'ok  ' : 'FAIL'} ${backend.padEnd(7)} ${passed} passed, ${failures.length} failed  (${(milliseconds / 1000).toFixed(1)} s, ${browser})`);
    for (const failure of failures) console.log(`     ${failure}`);
  }
  const passed = reports.reduce((total, each) => total + each.passed, 0);
  const failed = reports.reduce((total, each) => total + each.failures.length, 0);
  console.log(`${passed} passed, ${failed} failed, 0 skipped`);
  return failed === 0 ? 0 : 1;
}
