// Talks to the engine. Whoever calls gets the answer, or an ApiError with the engine's own code.

/** A refusal of the engine (`code` from its problem), or `offline` where there was no answer. */
export class ApiError extends Error {
  constructor(status, problem) {
    super(problem.detail ?? problem.code);
    this.status = status;
    this.code = problem.code ?? "internal";
    this.problem = problem;
  }
}

export const get = (path) => send("GET", path);

export const post = (path, body = {}) => send("POST", path, body);

async function send(method, path, body) {
  let response;
  try {
    response = await fetch(path, {
      method,
      cache: "no-store",
      credentials: "same-origin",
      headers: body === undefined
        ? { accept: "application/json" }
        : { accept: "application/json", "content-type": "application/json", "engine-page": "1" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new ApiError(0, { code: "offline" });
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new ApiError(response.status, answer);
  return answer;
}

/**
 * Trades the token in the address's fragment, if there is one, for this browser's cookie, and takes it out of the address.
 * Says whether there was one and it was refused.
 */
export async function tradeLink() {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (!token) return { refused: false };
  history.replaceState(null, "", location.pathname + location.search);
  try {
    await post("/session", { token });
    return { refused: false };
  } catch (error) {
    if (error.code === "link_not_valid") return { refused: true };
    throw error;
  }
}
