// Package engine runs a Pulumi program on Pulumi's own engine in this process: no CLI, no backend, no network.
//
//	stack, err := engine.LoadStack(root, "local")
//	host, err := engine.StartHost(engine.HostOptions{NodeModules: filepath.Join(root, "rehearsal", "node_modules")})
//	defer host.Close()
//
//	run := engine.Run{
//		Stack: stack, Host: host, Program: engine.Inline(program),
//		Providers: engine.Providers{"aws": providers.AWS(w.AWS), "kubernetes": providers.Kubernetes(w.Kubernetes)},
//	}
//	up, err := engine.Up(ctx, run)            // up.State is what `pulumi stack export` would print
//	run.Base = up.State
//	down, err := engine.Destroy(ctx, run)
//
// The program, the SDKs, the engine and the provider of the eks component (a Node program) are the real ones. The
// caller passes the providers of the other packages. Nothing is downloaded, every address but loopback is refused, and
// the caller's AWS_*, KUBECONFIG and PULUMI_* variables are removed.
package engine
