/** @file The last step of `npm run build`: bundles for Node what `tsc -b` has compiled. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageNames } from './files.ts';
import { bundlePackage } from './package/bundle.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
for (const name of packageNames(root)) {
  const { files } = await bundlePackage(root, name);
  console.log(`packages/${name}: ${files.join(' ')}`);
}
