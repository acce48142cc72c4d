package addon

import (
	"cmp"
	"regexp"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/iam"
	"eksnet/rehearsal/world/kms"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/node"
	"eksnet/rehearsal/world/store"
)

var (
	AddonUnique = store.NewRule("a cluster has at most one add-on of a name",
		"creating EKS Add-On (%s): operation error EKS: CreateAddon, ResourceInUseException: Addon already exists.",
		"https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateAddon.html")
	AddonKnown = store.NewRule("an add-on is an add-on of EKS",
		"%s, InvalidParameterException: Addon %s specified is not supported in %s kubernetes version",
		"https://docs.aws.amazon.com/eks/latest/userguide/workloads-add-ons-available-eks.html")
	AddonVersion = store.NewRule("an add-on's version has the form of EKS's versions",
		"%s, InvalidParameterException: Addon version specified is not supported: %s",
		"https://docs.aws.amazon.com/eks/latest/userguide/updating-an-add-on.html")
	AddonRole = store.NewRule("an add-on's role exists",
		"%s, InvalidParameterException: Role with arn: %s, could not be assumed because it does not exist or the trusted entity is not correct",
		"https://docs.aws.amazon.com/eks/latest/userguide/add-ons-iam.html")
	AddonRoleStays = store.NewRule("the provider cannot remove the role of an add-on: it sends an empty ARN",
		"%s, InvalidParameterException: Cross-account pass role is not allowed.",
		"https://github.com/hashicorp/terraform-provider-aws/issues/30645")
	AddonConfigured = store.NewRule("an add-on's configuration matches its schema",
		"%s, InvalidParameterException: ConfigurationValue provided in request is not supported: Json schema validation failed with error: [%s]",
		"https://aws.amazon.com/blogs/containers/amazon-eks-add-ons-advanced-configuration/")
	AddonConflicts = store.NewRule("an add-on replaces its self-managed form only if it resolves conflicts by overwriting",
		"waiting for EKS Add-On (%s) create: unexpected state 'CREATE_FAILED', wanted target 'ACTIVE'. last error: : ConfigurationConflict: Conflicts found when trying to apply. Will not continue due to resolve conflicts mode. Conflicts: %s",
		"https://docs.aws.amazon.com/eks/latest/userguide/creating-an-add-on.html")
	AddonReplicas = store.NewRule("an add-on with a Deployment, such as CoreDNS, is active once a node runs it",
		"waiting for EKS Add-On (%s) create: timeout while waiting for state to become 'ACTIVE' (last state: 'DEGRADED', timeout: 20m0s): InsufficientNumberOfReplicas: The add-on is unhealthy because it doesn't have the desired number of replicas.",
		"https://github.com/pulumi/pulumi-eks/issues/1819")
	AddonActive = store.NewRule("an add-on whose creation failed is not updated",
		"updating EKS Add-On (%s): operation error EKS: UpdateAddon, ResourceInUseException: Addon %s cannot be updated as it is currently in CREATE_FAILED state",
		"https://github.com/aws/containers-roadmap/issues/1411; https://github.com/eksctl-io/eksctl/issues/8091")
)

// addonVersions are the versions of add-ons whose inputs have none.
var addonVersions = map[string]string{"vpc-cni": "v1.21.1-eksbuild.1", "coredns": "v1.13.1-eksbuild.1", "kube-proxy": "v%s.0-eksbuild.2",
	"metrics-server": "v0.8.1-eksbuild.10", "eks-pod-identity-agent": "v1.3.10-eksbuild.2"}

// defaultVersion returns the version of an add-on that EKS installs in a cluster, "" for an unknown add-on.
func defaultVersion(addon string, cluster *store.Object) string {
	return strings.ReplaceAll(addonVersions[addon], "%s", eks.ClusterOf(cluster).Version)
}

var addonVersionForm = regexp.MustCompile(`^v\d+\.\d+\.\d+-eksbuild\.\d+$`)

func addonKind() *store.Kind {
	return &store.Kind{
		Typ: store.AddonType, Tagged: true, ForceNew: []string{"addonName", "clusterName"},
		Create: createAddon,
		Update: updateAddon,
		Await:  addonReady,
		Remove: removeAddon,
		// The times differ by add-on: see addonTimes.
		Creation: 30 * time.Second, Deletion: 9 * time.Second,
	}
}

// requestedAddon returns the properties in an add-on's inputs.
func requestedAddon(o *store.Object) *eks.Addon {
	in, _ := store.As[eks.Addon](o.Inputs) // without those of a wrong type, as in Decode
	return &in
}

func createAddon(c *store.Call, o *store.Object) error {
	addon := eks.AddonOf(o)
	id := addon.Cluster + ":" + addon.Name
	op := eks.Operation("creating", "EKS Add-On", id, "CreateAddon")
	cluster, err := eks.ActiveCluster(c.Account, op, addon.Cluster)
	if err != nil {
		return err
	}
	if err := store.First(
		AddonUnique.When(c.Get(store.AddonType, id) != nil, id),
		addonFits(c.Account, o, cluster, op)); err != nil {
		return err
	}
	o.ID = id
	if err := eks.SetAddonAssociations(c.Account, o, op); err != nil {
		return err
	}
	existing := kube.WorkloadOf(c.Account, addon.Cluster, addon.Name)
	overwrite := addon.ConflictsOnCreate == "OVERWRITE" || addon.Conflicts == "OVERWRITE"
	showAddon(c.Account, o, cluster, "ACTIVE")
	if err := AddonConflicts.Unready(existing != nil && !overwrite, id, conflict(existing)); err != nil {
		o.Learn("status", eks.CreateFailed)
		return err
	}
	runAddon(c.Account, o)
	return nil
}

// conflict returns the object that an add-on would overwrite, as EKS names it.
func conflict(o *store.Object) string {
	if o == nil {
		return ""
	}
	return o.Text("kind") + ".apps " + kube.Name(o) + " - .spec.template.spec.containers"
}

// runAddon creates an add-on's objects, which EKS manages.
func runAddon(w *store.Account, o *store.Object) {
	addon := eks.AddonOf(o)
	version := o.Text("addonVersion")
	installAddon(w, addon.Cluster, addon.Name, version)
	if load := kube.WorkloadOf(w, addon.Cluster, addon.Name); load != nil {
		load.Learn("addon", o.ID)
		setImage(load, image(w.Region, addon.Name, version))
		setProxyMode(w, o)
		setReplicas(load, eks.Configuration(o))
		setSpread(load, eks.Configuration(o))
	}
}

// setProxyMode changes the configuration of kube-proxy to the one of its add-on.
func setProxyMode(w *store.Account, o *store.Object) {
	addon := eks.AddonOf(o)
	configuration := w.Find(addon.Cluster, store.ConfigMapType, "kube-system/"+proxyConfiguration)
	if addon.Name != "kube-proxy" || configuration == nil {
		return
	}
	mode, _ := eks.Configuration(o)["mode"].(string)
	configuration.Own()
	configuration.Inputs["data"], configuration.Outputs["data"] = proxyMode(mode), proxyMode(mode)
	configuration.Written()
}

// setImage changes the image of an object that runs an add-on.
func setImage(load *store.Object, image string) {
	load.Own()
	for _, side := range []store.Properties{load.Inputs, load.Outputs} {
		template := store.MapOf(store.MapOf(side["spec"])["template"])
		for _, container := range store.ListOf(store.MapOf(template["spec"])["containers"]) {
			container["image"] = image
		}
	}
	load.Written()
}

func addonFits(w *store.Account, o, cluster *store.Object, op string) error {
	in, clusterVersion := requestedAddon(o), eks.ClusterOf(cluster).Version
	settings, known := addonSettings[in.Name]
	ahead := in.Name == "kube-proxy" && in.Version != "" && eks.MinorVersion(in.Version) > eks.MinorVersion(clusterVersion)
	return store.First(
		AddonKnown.When(!known, op, in.Name, clusterVersion),
		AddonVersion.When(in.Version != "" && !addonVersionForm.MatchString(in.Version) || ahead, op, in.Version),
		AddonRole.When(in.RoleARN != "" && iam.FindRole(w, in.RoleARN) == nil, op, in.RoleARN),
		configurationFits(in, op, settings))
}

func showAddon(w *store.Account, o, cluster *store.Object, status string) {
	in := requestedAddon(o)
	o.Show(store.Properties{"addonVersion": cmp.Or(in.Version, defaultVersion(in.Name, cluster), "v1.0.0-eksbuild.1"),
		"arn":                 w.ARN("eks", "addon/"+cluster.ID+"/"+in.Name+"/"+kms.NewUUID(w.NewID(""))),
		"configurationValues": in.Configuration, "createdAt": store.Created, "modifiedAt": store.Created})
	o.Learn("status", status)
}

func updateAddon(c *store.Call, o, old *store.Object) error {
	addon, before := eks.AddonOf(o), eks.AddonOf(old)
	op := eks.Operation("updating", "EKS Add-On", o.ID, "UpdateAddon")
	cluster, err := eks.ActiveCluster(c.Account, op, addon.Cluster)
	if err != nil {
		return err
	}
	if err := store.First(
		AddonActive.When(before.Status == eks.CreateFailed, o.ID, addon.Name),
		addonFits(c.Account, o, cluster, op)); err != nil {
		return err
	}
	if err := store.First(
		AddonRoleStays.When(before.RoleARN != "" && addon.RoleARN == "", op),
		eks.SetAddonAssociations(c.Account, o, op)); err != nil {
		return err
	}
	showAddon(c.Account, o, cluster, "ACTIVE")
	o.Set("arn", before.ARN)
	o.Retain(old, "addonVersion", "configurationValues")
	runAddon(c.Account, o)
	return nil
}

// addonReady reports whether an add-on became active: those that run on each node are at once, those with a Deployment
// need nodes.
func addonReady(c *store.Call, o *store.Object) error {
	addon := eks.AddonOf(o)
	if kube.Workloads[addon.Name].Typ != store.DeploymentType || deploymentRuns(c.Account, addon.Cluster, addon.Name) {
		return nil
	}
	o.Learn("status", "DEGRADED")
	var blocked error
	if load := kube.WorkloadOf(c.Account, addon.Cluster, addon.Name); load != nil {
		_, blocked = kube.RollOut(c.Account, load)
	}
	return store.NotReady(AddonReplicas.When(true, o.ID), blocked)
}

// deploymentRuns reports whether an add-on's Deployment has a running pod.
func deploymentRuns(w *store.Account, cluster, addon string) bool {
	load := kube.WorkloadOf(w, cluster, addon)
	if load == nil || len(node.ReadyNodes(w, cluster)) == 0 {
		return false
	}
	ready, reported, _ := unstructured.NestedFloat64(load.Outputs, "status", "readyReplicas")
	return !reported || ready > 0
}

func removeAddon(c *store.Call, o *store.Object) error {
	for _, association := range c.With(store.PodIdentityType, "addon", o.ID) {
		c.Drop(association)
	}
	if addon := eks.AddonOf(o); !addon.Preserve {
		uninstallAddon(c.Account, addon.Cluster, addon.Name)
	}
	return nil
}
