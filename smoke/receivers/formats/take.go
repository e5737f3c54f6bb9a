package formats

import "net/http"

// together carries out every event that is not known, or none: what is wrong with one refuses all.
func together(i *Instance, all []event) reply {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, e := range all {
		content, known := i.known[e.id]
		switch {
		case e.id == "":
			return refuse(http.StatusBadRequest, "an event has no id")
		case known && content != e.content:
			return refuse(http.StatusConflict, "the event id was used for other content")
		}
	}
	if i.doomed.CompareAndSwap(true, false) {
		return refuse(http.StatusInternalServerError, "the work failed, and nothing of it was kept")
	}
	for _, e := range all {
		if _, known := i.known[e.id]; !known {
			i.known[e.id] = e.content
			i.effects[e.id]++
		}
	}
	return taken(all)
}

// fetched reads the event back from its sender, and carries that out. The delivery is not trusted: anybody may send one.
func fetched(i *Instance, all []event) reply {
	for n := range all {
		all[n].content = "paid" // as the sender's API answers
	}
	return together(i, all)
}

// taken answers with the ids that were taken, so that a repeated delivery has the first answer.
func taken(all []event) reply {
	ids := make([]string, len(all))
	for n, e := range all {
		ids[n] = e.id
	}
	return reply{http.StatusOK, map[string][]string{"taken": ids}}
}

// always carries everything out, again and again.
func always(i *Instance, all []event) reply {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, e := range all {
		i.effects[e.id]++
	}
	return taken(all)
}

// byFirst takes the id of the first event for the batch's.
func byFirst(i *Instance, all []event) reply {
	i.mu.Lock()
	defer i.mu.Unlock()
	if _, known := i.known[all[0].id]; known {
		return taken(all)
	}
	i.known[all[0].id] = all[0].content
	for _, e := range all {
		i.effects[e.id]++
	}
	return taken(all)
}

// untilKnown stops at the first known event.
func untilKnown(i *Instance, all []event) reply {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, e := range all {
		if _, known := i.known[e.id]; known {
			break
		}
		i.known[e.id] = e.content
		i.effects[e.id]++
	}
	return taken(all)
}

// recordedLast carries events out one after the other, and records them when all went well.
func recordedLast(i *Instance, all []event) reply {
	i.mu.Lock()
	defer i.mu.Unlock()
	for n, e := range all {
		if e.id == "" || (n > 0 && i.doomed.CompareAndSwap(true, false)) {
			return refuse(http.StatusInternalServerError, "the work failed")
		}
		if _, known := i.known[e.id]; !known {
			i.effects[e.id]++
		}
	}
	for _, e := range all {
		i.known[e.id] = e.content
	}
	return taken(all)
}

// recordedFirst records the ids that it finds, and then carries events out until one fails.
func recordedFirst(i *Instance, all []event) reply {
	i.mu.Lock()
	defer i.mu.Unlock()
	fresh := make([]bool, len(all))
	for n, e := range all {
		_, known := i.known[e.id]
		fresh[n] = !known
		i.known[e.id] = e.content
	}
	if all[len(all)-1].id == "" || i.doomed.CompareAndSwap(true, false) {
		return refuse(http.StatusInternalServerError, "the work failed")
	}
	for n, e := range all {
		if fresh[n] {
			i.effects[e.id]++
		}
	}
	return taken(all)
}
