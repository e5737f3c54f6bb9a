"use strict";
(() => {
	const cards = [...document.querySelectorAll(".card")];
	const form = document.querySelector(".filter");

	// A link into the page unfolds what it leads to.
	const reveal = () => {
		const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
		for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
		if (target) target.scrollIntoView();
	};
	addEventListener("hashchange", reveal);
	reveal();

	// What is folded is not printed.
	addEventListener("beforeprint", () => { for (const all of document.querySelectorAll("details")) all.open = true; });

	if (!form) return;
	form.hidden = false;
	const text = form.elements.text;
	const filter = () => {
		const wanted = new Set([...form.querySelectorAll("[name=status]:checked")].map(box => box.value));
		const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
		let shown = 0;
		for (const card of cards) {
			const all = card.textContent.toLowerCase();
			card.hidden = !wanted.has(card.dataset.status) || !words.every(word => all.includes(word));
			if (!card.hidden) shown++;
		}
		for (const same of document.querySelectorAll(".same")) {
			same.hidden = !same.querySelector(".card:not([hidden])");
			if (words.length) same.open = true;
		}
		form.querySelector("output").value = shown === cards.length ? "" : `${shown} of ${cards.length} shown`;
	};
	form.addEventListener("input", filter);
	form.addEventListener("submit", event => event.preventDefault());
	const fold = open => { for (const all of document.querySelectorAll(".card, .same")) if (!all.hidden) all.open = open; };
	form.elements.open.addEventListener("click", () => fold(true));
	form.elements.close.addEventListener("click", () => fold(false));
	addEventListener("keydown", event => {
		if (event.key === "/" && !event.ctrlKey && !event.metaKey && event.target.tagName !== "INPUT") { event.preventDefault(); text.focus(); }
	});
})();
