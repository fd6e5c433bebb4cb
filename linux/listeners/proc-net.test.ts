import { parseInetSockets, parseSctpEndpoints } from './proc-net';

it('reads sockets of the wanted state', () => {
  const text = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 17 1 0 100 0 0 10 0
   1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 18 1 0 100 0 0 10 0
`;
  expect(parseInetSockets(text, '0A')).toEqual([
    { addresses: ['127.0.0.1'], port: 8080, inode: '17', v6Only: false },
  ]);
});

it.each([
  ['B80D0120000000000000000001000000', '2001:db8::1'],
  ['0000000000000000FFFF00000100007F', '127.0.0.1'],
])('reads IPv6 words in host order: %s', (hex, address) => {
  const text = `header
   0: ${hex}:0050 00000000000000000000000000000000:0000 0A 0:0 0:0 0 0 0 21 1\n`;
  expect(parseInetSockets(text, '0A')).toMatchObject([{ addresses: [address], port: 80, inode: '21' }]);
});

it('reads listening SCTP endpoints', () => {
  const text = ` ENDPT     SOCK   STY SST HBKT LPORT   UID INODE LADDRS
       a        b 2   10  29   9999      0 31 10.0.0.1 fd00::1
       a        b 2   7   29   9998      0 32 10.0.0.1\n`;
  expect(parseSctpEndpoints(text)).toEqual([
    { addresses: ['10.0.0.1', 'fd00::1'], port: 9999, inode: '31', v6Only: false },
  ]);
});
