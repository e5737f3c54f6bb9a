// Package hosts keeps a run to the hosts that it may reach: names and addresses on a list, and no private address that the
// list does not name. It opens connections and sends nothing.
package hosts
