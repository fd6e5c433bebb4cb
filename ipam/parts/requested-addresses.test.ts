import { ipText } from './ip';
import { listRequestedAddresses } from './requested-addresses';

test('all sources accumulate; a prefix length is passed over', () => {
  const cniArgs = new Map([['IP', '10.0.0.9']]);
  const requested = listRequestedAddresses({
    cniArgs,
    lists: [['10.0.0.4/24'], undefined, ['FD00::5', '::ffff:1.2.3.4']],
  });
  expect(requested.map(ipText)).toEqual(['10.0.0.9', '10.0.0.4', 'fd00::5', '1.2.3.4']);
});

test('a mistake is named with its source', () => {
  const failure = {
    code: 4,
    message: 'ARGS: error parsing value of pair "IP=../x": invalid IP address ../x',
    details: 'CNI_ARGS',
  };
  expect(() => listRequestedAddresses({ cniArgs: new Map([['IP', '../x']]), lists: [] })).toThrow(
    expect.objectContaining(failure),
  );
});
