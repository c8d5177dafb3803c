const asked = new URLSearchParams(location.search);
const by = id => document.getElementById(id);
const hindrances = {
  no_administrator: "you are no administrator there",
  not_published: "the integration is not published; only the technical account may have it",
};

function choice({ id, name, host, hindrance }, isFirst) {
  const label = document.createElement("label");
  const input = document.createElement("input");
  Object.assign(input, { type: "radio", name: "account", value: id, disabled: hindrance !== "", checked: isFirst });
  const address = document.createElement("span");
  address.className = "quiet";
  address.textContent = hindrance ? `${host}: ${hindrances[hindrance]}` : host;
  label.append(input, ` ${name} `, address);
  return label;
}

async function offer() {
  const answer = await fetch(`oauth/offer?${asked}`, { cache: "no-store" });
  const shown = await answer.json();
  if (!answer.ok) {
    by("said").textContent = `There is no such integration (${shown.error}).`;
    return;
  }

  by("scenario").textContent = shown.scenario;
  const first = shown.accounts.find(account => account.hindrance === "");
  by("accounts").replaceChildren(...shown.accounts.map(account => choice(account, account === first)));
  by("allow").disabled = !first;
  if (!first) by("said").textContent = "There is no account that you could choose.";
}

async function allow() {
  by("allow").disabled = true;
  const account = document.querySelector("input[name=account]:checked").value;
  const answer = await fetch(`oauth/allow?${asked}&account=${account}`, { method: "POST" });
  const { location: back, error } = await answer.json();
  if (!answer.ok) {
    by("said").textContent = `Not possible: ${error}.`;
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
  by("said").textContent = "You declined. You can close this page.";
  by("allow").disabled = true;
}

by("allow").addEventListener("click", allow);
by("decline").addEventListener("click", decline);
offer();
