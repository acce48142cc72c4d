package engine

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/pkg/v3/resource/deploy"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// replayer computes the state that a journal describes, with the meaning that Pulumi's backends give to its entries
// (pkg/backend/journal.go, JournalReplayer). It changes neither the base nor the entries.
type replayer struct {
	base apitype.DeploymentV3
	// old are the resources of the base and made those of the operation, nil for a removed one. In a state the
	// operation's resources are first.
	old, made []*apitype.ResourceV3
	// byOperation maps operations to positions in made.
	byOperation map[int64]int
	// begun are the begin entries of operations that have not ended.
	begun     []apitype.JournalEntry
	refreshed bool
}

func newReplayer(base apitype.DeploymentV3) *replayer {
	r := &replayer{base: base, byOperation: map[int64]int{}}
	for i := range base.Resources {
		r.old = append(r.old, &base.Resources[i])
	}
	return r
}

// add replays one entry. An error means that the entry belongs to another base.
func (r *replayer) add(e apitype.JournalEntry) error {
	switch e.Kind {
	case apitype.JournalEntryKindBegin:
		r.begun = append(r.begun, e)
	case apitype.JournalEntryKindFailure:
		r.end(e)
	case apitype.JournalEntryKindSuccess:
		r.end(e)
		return r.succeed(e)
	case apitype.JournalEntryKindRefreshSuccess:
		r.end(e)
		r.refreshed = true
		return r.replace(e)
	case apitype.JournalEntryKindOutputs:
		if e.State != nil {
			return r.replace(e)
		}
	case apitype.JournalEntryKindWrite:
		if e.NewSnapshot != nil {
			*r = *newReplayer(*e.NewSnapshot)
		}
	case apitype.JournalEntryKindRebuiltBaseState:
		*r = *newReplayer(r.state().deployment)
	case apitype.JournalEntryKindSecretsManager:
		r.base.SecretsProviders = e.SecretsProvider
	case apitype.JournalEntryKindSnippets:
		r.base.Snippets = e.Snippets
	case apitype.JournalEntryKindExtensionParameterize:
		return r.extend(e)
	default:
		return fmt.Errorf("journal entry %d: kind %d is unknown", e.SequenceID, e.Kind)
	}
	return nil
}

// end removes an operation from begun.
func (r *replayer) end(e apitype.JournalEntry) {
	r.begun = slices.DeleteFunc(r.begun, func(begun apitype.JournalEntry) bool { return begun.OperationID == e.OperationID })
}

// succeed adds the resource that an operation created, removes the one that it replaced, and marks those that are to be
// deleted later.
func (r *replayer) succeed(e apitype.JournalEntry) error {
	if e.State != nil {
		r.byOperation[e.OperationID] = len(r.made)
		r.made = append(r.made, e.State)
	}
	r.refreshed = r.refreshed || e.IsRefresh
	for _, change := range []struct {
		old, made *int64
		to        func(apitype.ResourceV3) *apitype.ResourceV3
	}{
		{e.RemoveOld, e.RemoveNew, func(apitype.ResourceV3) *apitype.ResourceV3 { return nil }},
		{e.DeleteOld, e.DeleteNew, func(old apitype.ResourceV3) *apitype.ResourceV3 { old.Delete = true; return &old }},
		{e.PendingReplacementOld, e.PendingReplacementNew, func(old apitype.ResourceV3) *apitype.ResourceV3 {
			old.PendingReplacement = true
			return &old
		}},
	} {
		at, err := r.find(e, change.old, change.made)
		if err != nil {
			return err
		}
		if at != nil && *at != nil {
			*at = change.to(**at)
		}
	}
	return nil
}

// replace replaces the resource that the entry refers to by the entry's own, or removes it if the entry has none.
func (r *replayer) replace(e apitype.JournalEntry) error {
	at, err := r.find(e, e.RemoveOld, e.RemoveNew)
	if err != nil {
		return err
	}
	if at != nil && *at != nil {
		*at = e.State
	}
	return nil
}

// find returns where the resource is that an entry refers to: by its position in the base, or by the operation that
// created it. It returns nil for an entry that refers to none.
func (r *replayer) find(e apitype.JournalEntry, old, made *int64) (**apitype.ResourceV3, error) {
	switch {
	case old != nil && *old >= 0 && *old < int64(len(r.old)):
		return &r.old[*old], nil
	case old != nil:
		return nil, fmt.Errorf("journal entry %d: the state has %d resources, none at position %d", e.SequenceID, len(r.old), *old)
	case made == nil:
		return nil, nil
	}
	i, ok := r.byOperation[*made]
	if !ok {
		return nil, fmt.Errorf("journal entry %d: operation %d created no resource", e.SequenceID, *made)
	}
	return &r.made[i], nil
}

func (r *replayer) extend(e apitype.JournalEntry) error {
	if e.ExtensionRef == nil || e.Extension == nil {
		return fmt.Errorf("journal entry %d: an extension is missing", e.SequenceID)
	}
	extensions := maps.Clone(r.base.Extensions)
	if extensions == nil {
		extensions = map[apitype.ExtensionRef]apitype.Extension{}
	}
	extensions[*e.ExtensionRef] = *e.Extension
	r.base.Extensions = extensions
	return nil
}

// state returns the state after the entries so far.
func (r *replayer) state() *State {
	deployment := r.base
	manifest := deploy.Manifest{}
	manifest.Magic = manifest.NewMagic()
	deployment.Manifest = manifest.Serialize()
	deployment.Resources = make([]apitype.ResourceV3, 0, len(r.made)+len(r.old))
	for _, resources := range [][]*apitype.ResourceV3{r.made, r.old} {
		for _, resource := range resources {
			if resource != nil {
				deployment.Resources = append(deployment.Resources, *resource)
			}
		}
	}
	if r.refreshed {
		removeDangling(deployment.Resources)
	}
	deployment.PendingOperations = r.pending()
	return &State{deployment: withoutAliases(deployment)}
}

// pending returns the operations that have begun, and the pending creates of the base, which can only be resolved by
// reading the account.
func (r *replayer) pending() []apitype.OperationV2 {
	var pending []apitype.OperationV2
	for _, begun := range r.begun {
		if begun.Operation != nil {
			pending = append(pending, *begun.Operation)
		}
	}
	for _, operation := range r.base.PendingOperations {
		if operation.Type == apitype.OperationTypeCreating {
			pending = append(pending, operation)
		}
	}
	return pending
}

// removeDangling removes references to resources that a refresh has removed, as Pulumi's deployment executor does in
// rebuildBaseState.
func removeDangling(resources []apitype.ResourceV3) {
	exists := map[resource.URN]bool{"": true}
	gone := func(urn resource.URN) bool { return !exists[urn] }
	for i := range resources {
		r := &resources[i]
		for _, urn := range []*resource.URN{&r.Parent, &r.DeletedWith} {
			if gone(*urn) {
				*urn = ""
			}
		}
		r.Dependencies = withoutMissing(r.Dependencies, gone)
		r.ReplaceWith = withoutMissing(r.ReplaceWith, gone)
		properties := map[resource.PropertyKey][]resource.URN{}
		for property, urns := range r.PropertyDependencies {
			if urns = withoutMissing(urns, gone); len(urns) > 0 {
				properties[property] = urns
			}
		}
		r.PropertyDependencies = properties
		exists[r.URN] = true
	}
}

// withoutMissing returns a copy of the URNs without those for which gone is true.
func withoutMissing(urns []resource.URN, gone func(resource.URN) bool) []resource.URN {
	return slices.DeleteFunc(slices.Clone(urns), gone)
}

// withoutAliases replaces references to a former URN by the current URN of the resource.
func withoutAliases(deployment apitype.DeploymentV3) apitype.DeploymentV3 {
	aliased := func(r apitype.ResourceV3) bool { return len(r.Aliases) > 0 }
	if !slices.ContainsFunc(deployment.Resources, aliased) {
		return deployment
	}
	// Pulumi changes the lists in place, which the base and the entries share.
	for i := range deployment.Resources {
		r := &deployment.Resources[i]
		r.Dependencies = slices.Clone(r.Dependencies)
		r.PropertyDependencies = maps.Clone(r.PropertyDependencies)
		for property, urns := range r.PropertyDependencies {
			r.PropertyDependencies[property] = slices.Clone(urns)
		}
	}
	deployment.Snippets = slices.Clone(deployment.Snippets)
	for i := range deployment.Snippets {
		deployment.Snippets[i].References = maps.Clone(deployment.Snippets[i].References)
	}
	normalized, err := deployment.NormalizeURNReferences()
	if err != nil {
		return deployment // two resources have the same alias: the engine refuses them
	}
	return *normalized
}
