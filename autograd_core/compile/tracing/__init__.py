"""From a function to a tape: it is called on numbers that write down what is done."""
