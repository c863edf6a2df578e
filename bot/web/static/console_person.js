// Who is signed in, with the button that signs out. Runs inside Gradio's HTML component, which
// provides `element`, `props` and `watch`; every word is set as text, never as markup.
"use strict";

const place = element.querySelector(".dc-person");

function draw() {
  if (!props.value) return;
  const { name, role, sign_out, tabs } = props.value;
  const who = document.createElement("span");
  who.className = "dc-person-name";
  who.textContent = name;
  const what = document.createElement("span");
  what.className = "dc-person-role";
  what.textContent = role;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = sign_out;
  button.addEventListener("click", () => window.deskmateConsole?.signOut());
  place.replaceChildren(who, what, button);
  document.querySelector("#dc-tabs [role=tablist]")?.setAttribute("aria-label", tabs);
}

draw();
watch("value", draw);
