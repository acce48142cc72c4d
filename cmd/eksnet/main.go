// Command eksnet shows the plan of a stack file and the paths to its workloads. It reads files only.
package main

import "os"

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }
