// Command customers is the API that invoices calls: it says who a customer is. It is the reference system's outbound
// integration, small on purpose. It takes no flags; its settings are the variables APP_*.
package main
