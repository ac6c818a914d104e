// The portal's own behaviour: demo log-ins fill the form, printing opens every fold.
"use strict";

document.addEventListener("click", (event) => {
  const login = event.target.closest(".demo-login");
  if (login) {
    document.getElementById("id_login").value = login.dataset.user;
    document.getElementById("id_password").value = login.dataset.password;
    document.querySelector(".entrance-form button").focus();
  }
  if (event.target.closest("[data-print]")) {
    window.print();
  }
});

window.addEventListener("beforeprint", () => {
  for (const fold of document.querySelectorAll("details.offer")) {
    fold.open = true;
  }
});

// A value opens where it comes from: htmx fills the panel, the dialog gives the focus back when it is shut.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-panel]");
  const panel = document.getElementById("panel");
  if (!opener || !panel) {
    return;
  }
  const body = document.getElementById("panel-body");
  body.textContent = body.dataset.loading;
  if (!panel.open) {
    panel.showModal();
  }
});

for (const name of ["htmx:after:swap", "htmx:error", "htmx:response:error", "htmx:finally:request"]) {
  document.addEventListener(name, () => {
    const body = document.getElementById("panel-body");
    if (body && document.getElementById("panel").open && !body.querySelector(".panel-content")) {
      body.textContent = name === "htmx:finally:request" ? body.textContent : body.dataset.failed;
    }
  });
}
