import { execFileSync } from 'node:child_process';
import { enterPrivateHost } from '../private-host';
import { Netns } from './netns';
import { openScratchNetns } from './scratch-netns';

enterPrivateHost();

const links = () => execFileSync('ip', ['-o', 'link'], { encoding: 'utf8' });

it('is another namespace, which the thread is not in', () => {
  const before = links();
  using home = Netns.current();
  using scratch = openScratchNetns();
  using here = Netns.current();
  expect(here.equals(home)).toBe(true);
  expect(scratch.equals(home)).toBe(false);
  const inside = scratch.run(() => {
    execFileSync('ip', ['link', 'add', 'br0', 'type', 'bridge']);
    return links();
  });
  expect(inside).toContain('br0');
  expect(links()).toBe(before);
});
