"""Who hears of which event, in which words. In-app notices are a query over the event log."""
