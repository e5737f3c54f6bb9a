// Command customers is the API that invoices calls for a customer's name and address. It is the reference system's
// outbound integration, small on purpose. It takes no flags; its settings are the variables APP_*.
package main
