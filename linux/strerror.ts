/** errno codes from the texts of strerror(3) in the C locale, which is all that a failed command leaves of its errno. */
import type { constants } from 'node:os';

export type ErrnoName = keyof typeof constants.errno;

const errnoOfText: Record<string, ErrnoName> = {
  'Operation not permitted': 'EPERM',
  'No such file or directory': 'ENOENT',
  'No such process': 'ESRCH',
  'Cannot allocate memory': 'ENOMEM',
  'Permission denied': 'EACCES',
  'Read-only file system': 'EROFS',
  'Device or resource busy': 'EBUSY',
  'File exists': 'EEXIST',
  'No such device': 'ENODEV',
  'Invalid argument': 'EINVAL',
  'Numerical result out of range': 'ERANGE',
  'Too many levels of symbolic links': 'ELOOP',
  'Message too long': 'EMSGSIZE',
  'Operation not supported': 'EOPNOTSUPP',
  'Address already in use': 'EADDRINUSE',
  'Cannot assign requested address': 'EADDRNOTAVAIL',
  'Network is down': 'ENETDOWN',
  'Network is unreachable': 'ENETUNREACH',
  'No route to host': 'EHOSTUNREACH',
  'No buffer space available': 'ENOBUFS',
  'Transport endpoint is not connected': 'ENOTCONN',
};

const byLowerCase = new Map(Object.entries(errnoOfText).map(([text, code]) => [text.toLowerCase(), code]));

/** @param text such as `No such device`; case does not matter */
export function findErrno(text: string): ErrnoName | undefined {
  return byLowerCase.get(text.toLowerCase());
}
