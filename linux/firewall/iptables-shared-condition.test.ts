import { splitWords } from './iptables-save';
import { sharedCondition } from './iptables-shared-condition';

const cases: [string, string[], string][] = [
  ['one port', ['-p tcp --dport 80 -j DNAT'], '-p tcp --dport 80'],
  ['ports', ['-p tcp --dport 80:89 -j DNAT', '-p tcp -m tcp --dport 70 -j DNAT'], '-p tcp --dport 70:89'],
  ['protocols', ['-p tcp --dport 80 -j DNAT', '-p udp --dport 80 -j DNAT'], ''],
  ['a rule without port', ['-p tcp --dport 80 -j DNAT', '-p tcp -j DNAT'], '-p tcp'],
  ['an address', ['-d 10.0.0.2 -s 1.0.0.0/8 -j X', '-d 10.0.0.2 -j X'], '-d 10.0.0.2'],
  ['two addresses', ['-d 10.0.0.2 -j X', '-d 10.0.0.3 -j X'], ''],
  ['an address and none', ['-d 10.0.0.2 -j X', '-j X'], ''],
  ['a negation', ['! -d 10.0.0.2 -j X', '! -d 10.0.0.2 -j X'], ''],
  ['several addresses', ['-d 10.0.0.2,10.0.0.3 -j X'], ''],
  ['all ports but one', ['-p tcp ! --dport 80 -j DNAT'], '-p tcp'],
  ['the name of a port', ['-p tcp --dport http -j DNAT'], '-p tcp'],
  ['a comment', ['-p tcp --dport 80 -j DNAT', '-m comment --comment tsnet+2/2:x'], '-p tcp --dport 80'],
  ['nothing', [], ''],
];

it.each(cases)('what rules share: %s', (_, rules, shared) => {
  expect(sharedCondition(rules.map(splitWords)).join(' ')).toBe(shared);
});
