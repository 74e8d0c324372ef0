"""The sandbox payment gateway: moves no money and answers by rule, so that every way a payment goes can be tried."""
