import { MS_RDONLY, mount } from '../libc';
import { enterPrivateHost } from '../private-host';
import { openRtnl } from './open';
import { hasOwnMac } from './own-mac';

beforeAll(() => enterPrivateHost());

test('a bridge has its own address once it was given one; without a view of this namespace nothing is known', () => {
  using rtnl = openRtnl();
  const given = rtnl.createLink({ kind: 'bridge', name: 'given', mac: '02:00:00:00:00:01' });
  const made = rtnl.createLink({ kind: 'bridge', name: 'made' });
  expect(hasOwnMac(given)).toBe(false);
  expect(mount('sysfs', '/sys', 'sysfs', MS_RDONLY, null)).toBe(0);
  expect(hasOwnMac(given)).toBe(true);
  expect(hasOwnMac(made)).toBe(false);
  rtnl.setLink(made.index, { mac: made.mac });
  expect(hasOwnMac(made)).toBe(true);
  expect(hasOwnMac({ ...made, index: made.index + 1 })).toBe(false);
  expect(hasOwnMac({ ...made, mac: '02:00:00:00:00:02' })).toBe(false);
});
