import fc from 'fast-check';
import { elements } from './confined-path';

test.each([
  ['/a/b', ['a', 'b']],
  ['a//b/', ['a', 'b']],
  ['/../../etc', ['etc']],
  ['/a/../b', ['b']],
  ['/', []],
])('%s has the elements %j', (path, expected) => {
  expect(elements(path)).toEqual(expected);
});

test('no path leads above the root', () => {
  const part = fc.constantFrom('..', '.', 'a', '', 'b');
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      expect(elements(parts.join('/'))).not.toContain('..');
    }),
  );
});
