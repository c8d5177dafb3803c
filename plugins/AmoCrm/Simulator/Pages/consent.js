import { begin, by, say } from "./sandbox.js";

const asked = new URLSearchParams(location.search);
const t = begin({
  en: {
    badge: "Simulated amoCRM", ask: "Allow the integration access to your account?", account: "Account", allow: "Allow", decline: "Decline",
    no_administrator: "you are no administrator there", not_published: "the integration is not published; only the technical account may have it",
    unknown: "There is no such integration.", none: "There is no account that you could choose.", refused: "That is not possible now.",
    declined: "You declined. You can close this page.",
  },
  ru: {
    badge: "Имитация amoCRM", ask: "Дать интеграции доступ к вашему аккаунту?", account: "Аккаунт", allow: "Разрешить", decline: "Отклонить",
    no_administrator: "вы там не администратор", not_published: "интеграция не опубликована, она доступна только техническому аккаунту",
    unknown: "Такой интеграции нет.", none: "Нет аккаунта, который можно выбрать.", refused: "Сейчас это невозможно.",
    declined: "Вы отказали в доступе. Страницу можно закрыть.",
  },
}, "ask");

function choice({ id, name, host, hindrance }, isFirst) {
  const label = document.createElement("label");
  const input = document.createElement("input");
  Object.assign(input, { type: "radio", name: "account", value: id, disabled: hindrance !== "", checked: isFirst });
  const address = document.createElement("span");
  address.className = "quiet";
  address.textContent = hindrance ? `${host}: ${t[hindrance]}` : host;
  label.append(input, ` ${name} `, address);
  return label;
}

async function offer() {
  const answer = await fetch(`oauth/offer?${asked}`, { cache: "no-store" });
  const shown = await answer.json();
  if (!answer.ok) {
    say(t.unknown);
    return;
  }

  by("scenario").textContent = shown.scenario;
  const first = shown.accounts.find(account => account.hindrance === "");
  by("accounts").replaceChildren(...shown.accounts.map(account => choice(account, account === first)));
  by("allow").disabled = !first;
  if (!first) say(t.none);
}

async function allow() {
  by("allow").disabled = true;
  const account = document.querySelector("input[name=account]:checked").value;
  const answer = await fetch(`oauth/allow?${asked}&account=${account}`, { method: "POST" });
  const { location: back } = await answer.json();
  if (!answer.ok) {
    say(t.refused);
  } else if (asked.get("mode") === "popup" && window.opener) {
    window.opener.location = back;
    window.close();
  } else {
    location.assign(back);
  }
}

// What the real page posts is not documented; only that the opener's error callback gets an object with these two members.
function decline() {
  if (window.opener) window.opener.postMessage({ client_id: asked.get("client_id"), error: "access_denied" }, "*");
  say(t.declined);
  by("allow").disabled = true;
}

by("allow").addEventListener("click", allow);
by("decline").addEventListener("click", decline);
offer();
