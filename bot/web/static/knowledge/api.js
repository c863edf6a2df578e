// Calls of the knowledge routes. What is refused is thrown as a Refusal with the server's code.

import { has, say } from "/static/knowledge/dom.js";

export class Refusal extends Error {
  constructor(code, message) {
    super(has(`error_${code}`) ? say(`error_${code}`) : code === "failed" ? say("failed") : message);
    this.code = code;
    this.detail = message;
  }
}

async function csrf() {
  const shared = window.deskmateConsole;
  if (!shared.who()) await shared.api("me");
  return shared.who()?.csrf ?? "";
}

export async function call(method, path, body) {
  const headers = method === "GET" ? {} : { "X-Deskmate-CSRF": await csrf() };
  const isForm = body instanceof FormData;
  if (body !== undefined && !isForm) headers["Content-Type"] = "application/json";
  const sent = body === undefined || isForm ? body : JSON.stringify(body);
  let answer;
  try {
    answer = await fetch(`/api/staff/knowledge${path}`, { method, headers, body: sent });
  } catch {
    throw new Refusal("offline", say("error_offline"));
  }
  const read = await answer.json().catch(() => ({}));
  if (answer.ok) return read;
  throw new Refusal(read?.error?.code ?? "failed", read?.error?.message ?? "");
}

export const isAdmin = async () => {
  await csrf();
  return window.deskmateConsole.who()?.role === "admin";
};
