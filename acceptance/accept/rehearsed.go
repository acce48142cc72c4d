package accept

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
)

// Rehearsed is what is read of the report of a rehearsal.
type Rehearsed struct {
	Operations []struct {
		Name       string  `json:"name"`
		AWSSeconds float64 `json:"awsSeconds"`
		Created    int     `json:"created"`
		Error      string  `json:"error"`
	} `json:"operations"`
	// CriticalPath is the chain of calls that determines how long an operation takes.
	CriticalPath map[string][]struct {
		URN        string  `json:"urn"`
		AWSSeconds float64 `json:"awsSeconds"`
	} `json:"criticalPath"`
}

// ReadRehearsed reads the report of a rehearsal, and refuses one of a stack whose rehearsal failed.
func ReadRehearsed(file, stack string) (r Rehearsed, err error) {
	again := "run make rehearse STACK=" + stack
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return r, fmt.Errorf("%s: there is no rehearsal to compare with; %s", file, again)
	}
	if err != nil {
		return r, err
	}
	if err := json.Unmarshal(text, &r); err != nil {
		return r, fmt.Errorf("%s: %w; %s", file, err, again)
	}
	for _, name := range []string{Up, Destroy} {
		if r.Seconds(name) == 0 {
			return r, fmt.Errorf("%s: the rehearsal has no %s; %s", file, name, again)
		}
	}
	for _, o := range r.Operations {
		if o.Error != "" {
			return r, fmt.Errorf("%s: %s of the rehearsal failed; repair the stack file, and %s", file, o.Name, again)
		}
	}
	return r, nil
}

// Seconds returns how long an operation takes on AWS by the rehearsal, 0 for none.
func (r Rehearsed) Seconds(operation string) float64 {
	for _, o := range r.Operations {
		if o.Name == operation {
			return o.AWSSeconds
		}
	}
	return 0
}

// Resource is how long a resource took.
type Resource struct {
	Operation string `json:"operation"`
	URN       string `json:"urn"`
	// Seconds is how long it took, and Rehearsed how long the rehearsal computes, 0 where it is not on the critical path.
	Seconds   float64 `json:"seconds"`
	Rehearsed float64 `json:"rehearsedSeconds,omitempty"`
}

// slowest is how many resources are reported of each operation beside those of the critical path.
const slowest = 5

// compareResources returns the resources of the rehearsal's critical path, and the slowest of the others.
func compareResources(seen map[string]Operation, r Rehearsed) []Resource {
	all := []Resource{}
	for _, name := range []string{Up, Destroy} {
		times := maps.Clone(seen[name].Resources)
		for _, link := range r.CriticalPath[name] {
			if seconds, found := times[link.URN]; found {
				all = append(all, Resource{name, link.URN, seconds, link.AWSSeconds})
				delete(times, link.URN)
			}
		}
		others := slices.SortedFunc(maps.Keys(times), func(a, b string) int {
			return cmp.Or(cmp.Compare(times[b], times[a]), cmp.Compare(a, b))
		})
		for _, urn := range others[:min(slowest, len(others))] {
			all = append(all, Resource{name, urn, times[urn], 0})
		}
	}
	return all
}

// changesText returns the number of resources by what happens to them.
func changesText(changes map[string]int) string {
	var all []string
	for _, change := range slices.Sorted(maps.Keys(changes)) {
		all = append(all, fmt.Sprintf("%s %d", change, changes[change]))
	}
	return strings.Join(all, ", ")
}
