import { parseResolvConf } from './resolv-conf';

test('nameservers, domain, search and options; comments and the rest are passed over', () => {
  const text = `# made by hand
; also a comment
nameserver 192.0.2.1
nameserver\t2001:db8::1
domain example.com
search a.example  b.example
search c.example
options ndots:5 rotate
sortlist 130.155.160.0
nameserver
`;
  expect(parseResolvConf(text)).toEqual({
    nameservers: ['192.0.2.1', '2001:db8::1'],
    domain: 'example.com',
    search: ['a.example', 'b.example', 'c.example'],
    options: ['ndots:5', 'rotate'],
  });
});

test('an empty file says nothing', () => {
  expect(parseResolvConf('\n')).toEqual({});
});
