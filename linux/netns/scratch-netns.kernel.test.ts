import { execFileSync } from 'node:child_process';
import { enterPrivateHost } from '../private-host';
import { Netns } from './netns';
import { runInScratchNetns } from './scratch-netns';

enterPrivateHost();

const links = () => execFileSync('ip', ['-o', 'link'], { encoding: 'utf8' });

it('keeps what is done inside to itself, and comes back', () => {
  const before = links();
  const { identity } = Netns.current();
  const inside = runInScratchNetns(() => {
    execFileSync('ip', ['link', 'add', 'br0', 'type', 'bridge']);
    return links();
  });
  expect(inside).toContain('br0');
  expect(links()).toBe(before);
  expect(Netns.current().identity).toBe(identity);
});

it('comes back when the action throws', () => {
  const { identity } = Netns.current();
  const fail = () => {
    throw new Error('no');
  };
  expect(() => runInScratchNetns(fail)).toThrow('no');
  expect(Netns.current().identity).toBe(identity);
});
