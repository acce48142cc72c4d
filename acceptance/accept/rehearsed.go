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
	// ResourceSeconds is how long each resource takes on AWS, by operation and URN.
	ResourceSeconds map[string]map[string]float64 `json:"resourceSeconds"`
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
		if len(r.ResourceSeconds[name]) == 0 {
			return r, fmt.Errorf("%s: the rehearsal has no times of resources for %s; %s with the present bin/rehearse", file, name, again)
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

// Resource is how long a resource took in an operation.
type Resource struct {
	Operation string `json:"operation"`
	URN       string `json:"urn"`
	// Seconds is how long it took, and Rehearsed how long the rehearsal computes. One of them is nil for a resource that
	// was seen and not rehearsed, or rehearsed and not seen.
	Seconds   *float64 `json:"seconds,omitempty"`
	Rehearsed *float64 `json:"rehearsedSeconds,omitempty"`
	// Critical reports whether the rehearsal has it on the chain of calls that determines how long the operation takes.
	Critical bool `json:"critical,omitempty"`
}

// longest returns the longer of both times.
func (r Resource) longest() (seconds float64) {
	for _, one := range []*float64{r.Seconds, r.Rehearsed} {
		if one != nil {
			seconds = max(seconds, *one)
		}
	}
	return seconds
}

// compareResources returns each resource of the operations that ran, as seen and as rehearsed, the longest first.
// Components, of which the engine reports times too, have no calls and are left out.
func compareResources(seen map[string]Operation, r Rehearsed) []Resource {
	all := []Resource{}
	for _, name := range []string{Up, Destroy} {
		if _, ran := seen[name]; !ran {
			continue
		}
		byURN := map[string]*Resource{}
		entry := func(urn string) *Resource {
			if byURN[urn] == nil {
				byURN[urn] = &Resource{Operation: name, URN: urn}
			}
			return byURN[urn]
		}
		for urn, seconds := range r.ResourceSeconds[name] {
			entry(urn).Rehearsed = &seconds
		}
		for urn, seconds := range seen[name].Resources {
			entry(urn).Seconds = &seconds
		}
		for _, link := range r.CriticalPath[name] {
			entry(link.URN).Critical = true
		}
		all = slices.AppendSeq(all, slices.Values(sortedByLength(byURN)))
	}
	return all
}

// sortedByLength returns resources, the longest first, without components.
func sortedByLength(byURN map[string]*Resource) (all []Resource) {
	for _, one := range byURN {
		if !isComponent(one.URN) {
			all = append(all, *one)
		}
	}
	slices.SortFunc(all, func(a, b Resource) int {
		return cmp.Or(cmp.Compare(b.longest(), a.longest()), cmp.Compare(a.URN, b.URN))
	})
	return all
}

// componentTypes are the prefixes of the types of components and of what the engine itself has.
var componentTypes = []string{"eksnet:", "eks:", "pulumi:"}

// isComponent reports whether a URN is that of a component, of a provider or of the stack.
func isComponent(urn string) bool {
	typ, _, _ := strings.Cut(nameOf(urn), " ")
	return slices.ContainsFunc(componentTypes, func(prefix string) bool { return strings.HasPrefix(typ, prefix) })
}

// changesText returns the number of resources by what happens to them.
func changesText(changes map[string]int) string {
	var all []string
	for _, change := range slices.Sorted(maps.Keys(changes)) {
		all = append(all, fmt.Sprintf("%s %d", change, changes[change]))
	}
	return strings.Join(all, ", ")
}
