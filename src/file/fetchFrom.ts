interface FetchOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** `fetch`, for addresses with a user and a password too: it refuses those, and names the password where it does. */
export async function fetchFrom(address: string, { headers = {}, ...options }: FetchOptions = {}): Promise<Response> {
  const url = new URL(address);
  const { username, password } = url;
  if (username === '' && password === '') return fetch(url, { ...options, headers });
  url.username = '';
  url.password = '';
  const authorization = `Basic ${Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64')}`;
  return fetch(url, { ...options, headers: { ...headers, authorization } });
}

/** An address's server, for messages. */
export const hostOf = (address: string): string =>
  URL.canParse(address) ? new URL(address).host : address.replace(/\/\/[^/]*@/, '//');

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
