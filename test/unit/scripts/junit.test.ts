import { expect, test } from 'vitest';
import { readJunit } from '../../../scripts/test/junit.ts';

const REPORT = `<?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests"><testsuite name="pytest" errors="1" failures="1" skipped="1" tests="4" time="1.2">
<testcase classname="test_access" name="test_a_page[&lt;a b=&quot;1&quot;&gt;]" time="0.012" />
<testcase classname="test_access" name="test_fails" time="1.5"><failure message="AssertionError: assert 1 == 2&#10; +  where 1 = f()">def test_fails():
&gt;       assert f() == 2</failure></testcase>
<testcase classname="test_access" name="test_skips" time="0.000"><skipped type="pytest.skip" message="no keyring &amp; no bus">/x/test_access.py:3: no keyring</skipped></testcase>
<testcase classname="" name="test_broken" time="0.000"><error message="collection failure">ImportError: nothing</error></testcase>
</testsuite></testsuites>`;

test('each test of a report is passed, failed or skipped, with its reason', () => {
  expect(readJunit(REPORT)).toEqual([
    { name: 'test_access > test_a_page[<a b="1">]', state: 'passed', ms: 12 },
    {
      name: 'test_access > test_fails',
      state: 'failed',
      ms: 1500,
      message: 'AssertionError: assert 1 == 2\n +  where 1 = f()\ndef test_fails():\n>       assert f() == 2',
    },
    { name: 'test_access > test_skips', state: 'skipped', ms: 0, message: 'no keyring & no bus' },
    { name: ' > test_broken', state: 'failed', ms: 0, message: 'collection failure\nImportError: nothing' },
  ]);
});
