import { act, begin, by, look, watch } from "./sandbox.js";

const t = begin({
  en: { badge: "Simulated phone", what: "Use this token to access the HTTP API:", revoke: "/revoke: make another token" },
  ru: { badge: "Имитация телефона", what: "Токен для доступа к HTTP API:", revoke: "/revoke: выпустить другой токен" },
});

function show(state) {
  by("scenario").textContent = state.scenario;
  if (by("token").textContent !== state.token) by("token").textContent = state.token;
}

by("revoke").addEventListener("click", async () => {
  await act("phone/revoke", t);
  await look(show, t);
});
watch(show, t);
