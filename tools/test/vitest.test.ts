/** @file However a test run ends, what went wrong is counted. */
import { expect, test } from 'vitest';
import { countReport, duplicateNames, type Report } from '../suites/vitest.ts';

const report = (statuses: readonly string[], fileStatus = 'passed'): Report => ({
  numPassedTests: statuses.filter((status) => status === 'passed').length,
  numFailedTests: statuses.filter((status) => status === 'failed').length,
  numPendingTests: statuses.filter((status) => status === 'skipped').length,
  numTodoTests: 0,
  testResults: [{ name: '/a.test.ts', status: fileStatus, assertionResults: statuses.map((status, index) => ({ fullName: `test ${index}`, status })) }],
});

test('passed, failed and skipped tests are added up', () => {
  expect(countReport(report(['passed', 'failed', 'skipped', 'passed'], 'failed'), 1, 'log')).toEqual({ passed: 2, failed: 1, skipped: 1, failures: ['log'] });
});
test('a file that cannot be loaded is a failure', () => {
  expect(countReport(report([], 'failed'), 1, 'log').failed).toBe(1);
});
test('an error outside of any test is a failure', () => {
  expect(countReport(report(['passed']), 1, 'log')).toMatchObject({ passed: 1, failed: 1, failures: ['log'] });
});
test('no report is a failure, unless there was nothing to run', () => {
  expect(countReport(undefined, null, 'stopped').failed).toBe(1);
  expect(countReport(undefined, 0, '').failed).toBe(0);
});
test('two tests of one name are named', () => {
  const { testResults, ...counts } = report(['passed', 'passed']);
  const twice = testResults.map((file) => ({ ...file, assertionResults: [...file.assertionResults, { fullName: 'test 1', status: 'passed' }] }));
  expect(duplicateNames({ ...counts, testResults: twice }, '/')).toEqual(["a.test.ts: two tests are called 'test 1'."]);
});
