package shipping

import "slices"

// progress orders the states by how far they are. Those from StateReturned on are final.
var progress = map[State]int{
	StatePrepared: 0, StateRefused: 1, StateBooked: 2, StateCallingOff: 3, StateHandedOver: 4, StateOnTheWay: 5,
	StateFailed: 6, StateAtPoint: 7, StateReturned: 8, StateCancelled: 9, StateDelivered: 10,
}

// Left says whether a shipment in this state has left the warehouse.
func (s State) Left() bool { return progress[s] >= progress[StateHandedOver] && s != StateCancelled }

// Final says whether nothing more is expected of a shipment in this state.
func (s State) Final() bool { return progress[s] >= progress[StateReturned] }

// derive gives the state of a shipment: that of its parcel that is least far, for a shipment has arrived when all of it has.
func derive(parcels []Box, events []Event) State {
	least := deriveParcel("", events)
	for n, p := range parcels {
		if s := deriveParcel(p.ID, events); n == 0 || progress[s] < progress[least] {
			least = s
		}
	}
	return least
}

// deriveParcel gives the state of one parcel from its own events and those of the whole shipment. A final state is never
// left, and of several the furthest counts: a parcel that reached the buyer did so even if we had given it up. Otherwise
// the event that happened last counts, whenever we heard of it; of two at once the further.
func deriveParcel(id ParcelID, events []Event) State {
	var last Event
	for _, e := range events {
		if _, known := progress[e.State]; !known || (e.Parcel != "" && id != "" && e.Parcel != id) {
			continue
		}
		switch {
		case last.State == "":
			last = e
		case e.State.Final() || last.State.Final():
			if e.State.Final() && progress[e.State] > progress[last.State] {
				last = e
			}
		case e.At.After(last.At) || (e.At.Equal(last.At) && progress[e.State] > progress[last.State]):
			last = e
		}
	}
	if last.State == "" {
		return StatePrepared
	}
	return last.State
}

// States gives all states, in the order of their progress.
func States() []State {
	all := make([]State, 0, len(progress))
	for s := range progress {
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b State) int { return progress[a] - progress[b] })
	return all
}
