// Every page of the console, by the name of its picture.
import { k_domains } from "./installation.js";

/// `run`: the id of a run that changed something.
export function pages_of(run) {
  return {
    overview: "/",
    feeds: "/feeds",
    lists: "/lists",
    entries: `/lists/entries?list=${encodeURIComponent(k_domains)}`,
    runs: "/runs",
    run: `/runs/${run}`,
    explain: "/explain?value=https%3A%2F%2Faccount-account-00021.example%2Flogin",
    plan: "/plan",
    rejected: "/rejected",
    settings: "/settings",
    audit: "/audit",
    access: "/access",
  };
}
