package helm

import (
	"encoding/json"
	"slices"
	"strings"

	batchv1 "k8s.io/api/batch/v1"

	"eksnet/rehearsal/world/store"
)

var HookSucceeds = store.NewRule("a Job that is a release's hook succeeds",
	"1 error occurred:\n\t* job %s failed: BackoffLimitExceeded", "https://github.com/helm/helm/blob/v3.18.5/pkg/kube/client.go (waitForJob)")

// hookAnnotation has the moments at which Helm runs an object of a chart; such an object is no part of the release.
const hookAnnotation = "helm.sh/hook"

const preDelete = "pre-delete"

// runJob runs a Job of a hook. It is set once, before the first account exists.
var runJob func(w *store.Account, cluster string, job *batchv1.Job) error

// ConnectJobs sets who runs the Jobs of hooks, and returns why one fails.
func ConnectJobs(run func(w *store.Account, cluster string, job *batchv1.Job) error) { runJob = run }

// splitHooks splits the objects of a chart into those of the release and its hooks.
func splitHooks(manifests []store.Properties) (objects, hooks []store.Properties) {
	for _, manifest := range manifests {
		if hookOf(manifest) == "" {
			objects = append(objects, manifest)
		} else {
			hooks = append(hooks, manifest)
		}
	}
	return objects, hooks
}

// hookOf returns the moments of a hook, "" for an object of a release.
func hookOf(manifest store.Properties) string {
	hook, _ := store.MapOf(store.MapOf(manifest["metadata"])["annotations"])[hookAnnotation].(string)
	return hook
}

// checkHooks refuses hooks that are not modelled: others than Jobs that run before a release is deleted. Those for
// `helm test` do not run.
func checkHooks(hooks []store.Properties) error {
	for _, hook := range hooks {
		moments := strings.Split(hookOf(hook), ",")
		if slices.Contains(moments, "test") {
			continue
		}
		if len(moments) != 1 || moments[0] != preDelete || hook["kind"] != "Job" {
			return store.Unmodelled("a Helm hook %s that is a %v", hookOf(hook), hook["kind"])
		}
	}
	return nil
}

// runPreDelete runs the hooks of a release before it is deleted. The controllers act meanwhile; a Job that fails stops
// the deletion.
func runPreDelete(c *store.Call, o *store.Object) error {
	jobs, err := PreDeleteJobs(c.Account, o)
	if err != nil {
		return err
	}
	for _, job := range jobs {
		c.Settle()
		if err := runJob(c.Account, o.Cluster, job); err != nil {
			return store.Caused(HookSucceeds.When(true, job.Name), err)
		}
	}
	return nil
}

// PreDeleteJobs returns the Jobs that Helm runs before it deletes a release.
func PreDeleteJobs(w *store.Account, o *store.Object) ([]*batchv1.Job, error) {
	args, loaded, err := readRelease(w, o)
	if err != nil {
		return nil, err
	}
	manifests, err := Render(loaded, args.Values, args.Name, args.Namespace, versionOf(w, o.Cluster))
	if err != nil {
		return nil, err
	}
	var jobs []*batchv1.Job
	_, hooks := splitHooks(manifests)
	for _, hook := range hooks {
		if hookOf(hook) != preDelete {
			continue
		}
		job := &batchv1.Job{}
		raw, err := json.Marshal(hook)
		if err == nil {
			err = json.Unmarshal(raw, job)
		}
		if err != nil {
			return nil, err
		}
		jobs = append(jobs, job)
	}
	return jobs, nil
}
