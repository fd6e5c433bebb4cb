/** Image names: `[registry/]repository[:tag]`, as distribution/reference has them, without digests. */

const pattern = /^([a-z0-9]+(?:[._:/-]+[a-z0-9]+)*?)(?::([A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?$/;

/** The name with its tag (`latest` unless given). @throws Error naming the value and what was expected */
export function normalizeReference(text: string): string {
  const [, repository, tag = 'latest'] = pattern.exec(text) ?? [];
  if (repository === undefined || text.length > 255)
    throw new Error(
      `read image name ${JSON.stringify(text)}: expected [registry/]repository[:tag] in lower case`,
    );
  return `${repository}:${tag}`;
}
