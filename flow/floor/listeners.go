package floor

// listeners are those who hear of something in its order. Whoever is so slow that his line is full is cut off, and the others do
// not wait for him. A mutex of whoever tells them guards all of it.
type listeners[T any] map[chan T]bool

// join opens a line for so much that is not heard yet.
func (l listeners[T]) join(room int) chan T {
	line := make(chan T, room)
	l[line] = true
	return line
}

// part closes a line once.
func (l listeners[T]) part(line chan T) {
	if l[line] {
		delete(l, line)
		close(line)
	}
}

// tell tells all of them.
func (l listeners[T]) tell(what T) {
	for line := range l {
		select {
		case line <- what:
		default:
			l.part(line)
		}
	}
}

// end closes all lines.
func (l listeners[T]) end() {
	for line := range l {
		l.part(line)
	}
}
