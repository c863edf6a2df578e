// The sign-in page: sends the form without leaving the page, so that a typed name stays.
"use strict";

const form = document.querySelector("form");
const problem = document.querySelector("#problem");
const password = document.querySelector("#password");
const show = document.querySelector("#show");
const submit = form.querySelector("[type=submit]");
const CONSOLE = "/staff/";

function tell(text) {
  problem.textContent = "";
  requestAnimationFrame(() => { problem.textContent = text; }); // the same words are read out again
  for (const input of [form.elements.name, password]) input.setAttribute("aria-invalid", String(Boolean(text)));
}

function told(status) {
  if (status === 401) return form.dataset.refused;
  return status === 429 ? form.dataset.limited : form.dataset.offline;
}

async function signIn() {
  const name = form.elements.name.value.trim();
  if (!name || !password.value) {
    tell(form.dataset.missing);
    (name ? password : form.elements.name).focus();
    return;
  }
  submit.disabled = true;
  try {
    const answer = await fetch("/api/staff/sign-in", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ name, password: password.value }),
    });
    if (answer.ok) {
      location.replace(CONSOLE);
      return;
    }
    tell(told(answer.status));
    password.focus();
    password.select();
  } catch {
    tell(form.dataset.offline);
  }
  submit.disabled = false;
}

form.noValidate = true;
form.addEventListener("submit", (event) => {
  event.preventDefault();
  signIn();
});

show.hidden = false;
show.addEventListener("click", () => {
  const visible = password.type === "password";
  password.type = visible ? "text" : "password";
  show.setAttribute("aria-pressed", String(visible));
  show.textContent = visible ? show.dataset.hide : show.dataset.show;
});
