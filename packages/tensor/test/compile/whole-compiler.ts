/** @file Imported by tests that call positional operations: adds the parts of the compiler that come with the named ones. */
import { compileConvolutions, compileOrders, compileTransforms, compileWalks } from '../../src/compile/on-demand.ts';

compileConvolutions();
compileTransforms();
compileOrders();
compileWalks();
