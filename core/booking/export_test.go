package booking

// AddBlock writes a closing down without counting the calendar anew.
var AddBlock = addBlock
