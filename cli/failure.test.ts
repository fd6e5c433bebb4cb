import { CniError } from '../cni/errors';
import { describeFailure, ExitCode, exitCodeOf, UsageError } from './failure';

describe('describeFailure', () => {
  test.each([
    ['a plain error', new Error('open "x": no such file'), 'open "x": no such file'],
    ['a CNI error', new CniError(7, 'missing network name'), 'missing network name (CNI error 7)'],
    ['its details', new CniError(4, 'bad id', 'a b'), 'bad id (CNI error 4): a b'],
    ['an error of another realm', { message: 'gone', code: 'ENOENT' }, 'gone'],
    ['a thrown string', 'why', 'why'],
    ['an error without message', new RangeError(''), 'RangeError'],
    ['newlines and escapes', new Error('a\n  b\u001b[31mc\u0007'), 'a b [31mc'],
  ])('%s', (_name, error, expected) => {
    expect(describeFailure(error)).toBe(expected);
  });
});

test('exit codes: 2 for wrong arguments, 1 for all else', () => {
  expect(exitCodeOf(new UsageError('x'))).toBe(ExitCode.usage);
  expect(exitCodeOf(new CniError(2, 'x'))).toBe(ExitCode.failure);
  expect(exitCodeOf(undefined)).toBe(ExitCode.failure);
});
