/// Reads probe files, finds all their faults at once, and hands over domain values.
///
/// A [Table] lists the keys of one mapping, each with its [Kind], default and sentence; binding,
/// defaults and JSON Schema all come from it. [YamlFile] turns text into located nodes,
/// [ProbeFolder] reads a folder, and [FolderWatch] says when one has changed.
@NullMarked
package io.mailcanary.config;

import org.jspecify.annotations.NullMarked;
