import { CommandError } from '../errors';
import { asSyscallError, parseFailure } from './errors';

test.each([
  ['RTNETLINK answers: File exists\n', { code: 'EEXIST' }],
  ['RTNETLINK answers: No such process\n', { code: 'ESRCH' }],
  ['RTNETLINK answers: No route to host\n', { code: 'EHOSTUNREACH' }],
  ['RTNETLINK answers: Wat\n', { code: 'EINVAL', explanation: 'Wat' }],
  ['Cannot find device "zz"\n', { code: 'ENODEV' }],
  [
    'Error: ipv4: Address already assigned.\n',
    { code: 'EEXIST', explanation: 'ipv4: Address already assigned' },
  ],
  ['Error: ipv6: address not found.\n', { code: 'EADDRNOTAVAIL', explanation: 'ipv6: address not found' }],
  ['Error: ipv4: FIB table does not exist.\nDump terminated\n', { code: 'ENOENT' }],
  ['Error: Nexthop has invalid gateway.\n', { code: 'ENETUNREACH' }],
  ['Error: Device for nexthop is not up.\n', { code: 'ENETDOWN' }],
  ['Error: Unknown device type.\n', { code: 'EOPNOTSUPP' }],
  ['Error: never heard of.\n', { code: 'EINVAL', explanation: 'never heard of' }],
  ['', { code: 'EINVAL' }],
])('%j', (stderr, expected) => {
  expect(parseFailure(stderr)).toMatchObject(expected);
});

test('an exit status becomes a SyscallError of the operation', () => {
  const failed = new CommandError(['ip'], {
    code: 'EXIT',
    exitCode: 2,
    stderr: 'RTNETLINK answers: File exists',
  });
  const error = asSyscallError('create link "x"', failed);
  expect(error).toMatchObject({
    name: 'SyscallError',
    code: 'EEXIST',
    message: 'create link "x": file exists',
  });
});

test('an absent program is not an absent link', () => {
  const error = asSyscallError('list links', new CommandError(['ip'], { code: 'ENOENT', stderr: '' }));
  expect(error).toMatchObject({
    name: 'SyscallError',
    code: 'ENOSYS',
    message: 'list links: run ip: ENOENT',
  });
  const late = asSyscallError('list links', new CommandError(['ip'], { code: 'ETIMEDOUT', stderr: '' }));
  expect(late).toMatchObject({ code: 'ETIMEDOUT' });
});
