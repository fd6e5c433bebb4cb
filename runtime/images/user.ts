/** `user[:group]` of an image or of `--user`, as Docker reads it: names are those of the image (passwd(5), group(5)). */

/** Whom a program runs as. */
export interface User {
  uid: number;
  gid: number;
  additionalGids: number[];
  /** Absent: the image does not say. */
  home?: string;
}

/** Contents of the image's /etc/passwd and /etc/group; empty where it has none. */
export interface UserFiles {
  passwd: string;
  group: string;
}

/** The kernel keeps the last one for "no user". */
const largestId = 0xffff_fffe;

/** Lines that have as many fields as they should; all others are no entries. */
function entries(content: string, fields: number): string[][] {
  const lines = content.split('\n').map((line) => line.split(':'));
  return lines.filter((line) => line.length >= fields);
}

function findId(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,10}$/.test(text) && Number(text) <= largestId
    ? Number(text)
    : undefined;
}

function refuse(text: string, why: string): never {
  throw new Error(`run as user ${JSON.stringify(text)}: ${why}`);
}

/** Groups whose list of members has the name. */
function memberships(name: string, { group }: UserFiles): number[] {
  return entries(group, 4)
    .filter(([, , , members = '']) => members.split(',').includes(name))
    .map(([, , gid]) => findId(gid))
    .filter((gid) => gid !== undefined);
}

function groupId(text: string, wanted: string, { group }: UserFiles): number {
  const named = entries(group, 3).find(([name]) => name === wanted);
  return (
    findId(named?.[2]) ?? findId(wanted) ?? refuse(text, `the image has no group ${JSON.stringify(wanted)}`)
  );
}

/**
 * @param text empty: root
 * @throws Error naming the user or group that the image does not have
 */
export function parseUser(text: string, files: UserFiles): User {
  const [wanted = '', group, ...rest] = text.split(':');
  if (rest.length > 0 || group === '') refuse(text, 'expected user[:group]');
  const name = wanted === '' ? '0' : wanted;
  const users = entries(files.passwd, 4);
  const entry = users.find(([known]) => known === name) ?? users.find(([, , uid]) => uid === name);
  const uid =
    findId(entry?.[2]) ?? findId(name) ?? refuse(text, `the image has no user ${JSON.stringify(name)}`);
  const home = entry?.[5];
  return {
    uid,
    gid: group === undefined ? (findId(entry?.[3]) ?? 0) : groupId(text, group, files),
    additionalGids: group === undefined && entry ? memberships(entry[0]!, files) : [],
    ...(home ? { home } : {}),
  };
}
