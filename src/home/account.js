"use strict";
const byId = (id) => document.getElementById(id);
const LONG = "Length counts: several words that belong to no saying are good ones.";

// Pages by the last part of their address: fields to fill in, and the operation that takes them with the link's token.
const pages = {
  owner: {
    title: "Make the owner's account", hint: LONG, fields: ["mail", "name", "password"], isNew: true,
    address: "/api/account/owner", done: "Your account is there. You own this marketplace.",
  },
  invitation: {
    title: "Accept your invitation", hint: LONG, fields: ["name", "password"], isNew: true,
    address: "/api/account/invitation/accept", done: "Your password is set. You can sign in now.",
  },
  verify: {
    title: "Confirm your mail address", hint: "Type the password that you registered with.", fields: ["password"],
    address: "/api/account/verify", more: { keep: "cookie" }, done: "Your address is confirmed, and you are signed in.",
  },
  reset: {
    title: "Choose a new password", hint: LONG, fields: ["password"], isNew: true,
    address: "/api/account/password/reset/confirm", done: "Your password is set. You can sign in now.",
  },
  address: {
    title: "Confirm your new mail address", hint: "", fields: [],
    address: "/api/account/address/confirm", done: "Your mail address is changed.",
  },
};

const form = byId("form");
const page = pages[location.pathname.split("/").pop()];
const token = new URLSearchParams(location.hash.slice(1)).get("token");
// Neither the history nor a bookmark keeps it.
history.replaceState(null, "", location.pathname);

const say = (text) => { byId("answer").textContent = text; };

async function send(body) {
  const response = await fetch(page.address, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  });
  if (response.ok) return;
  const { message, field } = await response.json();
  const named = field && form.elements[field];
  if (named) named.focus();
  throw new Error(field && field !== "token" ? `${field}: ${message}` : message);
}

if (!page || !token) {
  byId("title").textContent = page ? "The link is not complete" : "There is no such page";
  byId("hint").textContent = page ? "Copy it as a whole, with all that stands behind the #." : "";
} else {
  document.title = page.title;
  byId("title").textContent = page.title;
  byId("hint").textContent = page.hint;
  for (const name of ["mail", "name", "password"]) {
    if (page.fields.includes(name)) continue;
    byId(`${name}-row`).remove();
    if (name === "password") byId("shown-row").remove();
  }
  const { password } = form.elements;
  if (password) {
    password.autocomplete = page.isNew ? "new-password" : "current-password";
    byId("shown").addEventListener("change", ({ target }) => { password.type = target.checked ? "text" : "password"; });
  }
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    say("");
    try {
      const given = page.fields.map((name) => [name, form.elements[name].value]);
      await send({ token, ...Object.fromEntries(given), ...page.more });
      form.remove();
      byId("hint").textContent = "";
      say(page.done);
    } catch (error) {
      say(error.message);
      button.disabled = false;
    }
  });
}
