import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Lays out what the image holds beside the jar: a Java runtime with the modules that the jar needs, the system libraries that this
/// runtime needs, and the few files that these read. Run by the build, by the JDK that the runtime is made of.
final class ImageRoot {
  /// Used by name, so that no tool sees it: mail in all the world's characters, resources in a jar, names in DNS for JNDI.
  private static final List<String> BESIDE =
      List.of("jdk.charsets", "jdk.zipfs", "jdk.naming.dns");

  /// java.desktop is there for its beans. What draws, prints and plays needs libraries that no server has.
  private static final Set<String> UNUSED =
      Set.of(
          "libawt_xawt.so",
          "libfontmanager.so",
          "libfreetype.so",
          "libjawt.so",
          "libjavajpeg.so",
          "libjsound.so",
          "liblcms.so",
          "libmlib_image.so",
          "libsplashscreen.so");

  /// Loaded by name by older C libraries, to look up names.
  private static final List<String> BY_NAME =
      List.of("libnss_dns.so.2", "libnss_files.so.2", "libresolv.so.2");

  private static final String USER = "mailcanary";
  private static final int ID = 10001;

  private final Path jar;
  private final Path root;
  private final Path bill;
  private final Path flags;
  private final Path java;

  private ImageRoot(Path jar, Path root, Path bill, Path flags) {
    this.jar = jar;
    this.root = root;
    this.bill = bill;
    this.flags = flags;
    this.java = root.resolve("opt/java");
  }

  /// `ImageRoot JAR ROOT SBOM FLAGS`: makes ROOT anew.
  public static void main(String[] arguments) throws Exception {
    new ImageRoot(Path.of(arguments[0]), Path.of(arguments[1]), Path.of(arguments[2]), Path.of(arguments[3])).make();
  }

  private void make() throws IOException, InterruptedException {
    delete(root);
    Files.createDirectories(java.getParent());
    runtime();
    libraries();
    system();
    archive();
    try (Stream<Path> all = Files.walk(root)) {
      // As the image has it: archives of classes are bound to it.
      all.sorted(Comparator.reverseOrder()).forEach(ImageRoot::age);
    }
  }

  private void runtime() throws IOException {
    String modules =
        tool(
                "jdeps",
                "--multi-release",
                "25",
                "--ignore-missing-deps",
                "--print-module-deps",
                jar.toString())
            .strip();
    tool(
        "jlink",
        "--add-modules",
        modules + "," + String.join(",", BESIDE),
        "--strip-debug",
        "--no-header-files",
        "--no-man-pages",
        "--compress=zip-6",
        "--output",
        java.toString());
    Files.copy(flags, java.resolve("lib/jvm.flags"));
    for (String name : UNUSED) {
      Files.deleteIfExists(java.resolve("lib").resolve(name));
    }
    try (Stream<Path> programs = Files.list(java.resolve("bin"))) {
      for (Path program : programs.filter(one -> !one.endsWith("java")).toList()) {
        Files.delete(program);
      }
    }
  }

  /// The JDK's own classes as the JVM has them in memory: the same each time, which archives of a training run are not.
  private void archive() throws IOException, InterruptedException {
    Process dump =
        new ProcessBuilder(
                java.resolve("bin/java").toString(),
                "-XX:Flags=" + java.resolve("lib/jvm.flags"),
                "-Xshare:dump")
            .redirectErrorStream(true)
            .start();
    String said = new String(dump.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!dump.waitFor(60, TimeUnit.SECONDS) || dump.exitValue() != 0) {
      throw new IOException("the runtime cannot archive its classes: " + said);
    }
  }

  private void libraries() throws IOException, InterruptedException {
    Set<Path> needed = new TreeSet<>();
    try (Stream<Path> files = Files.walk(java)) {
      for (Path file : files.filter(ImageRoot::isProgram).toList()) {
        needed.addAll(needs(file));
      }
    }
    if (needed.isEmpty()) {
      throw new IOException("ldd names no library of " + java + ": the C library has to be glibc");
    }
    for (Path library : List.copyOf(needed)) {
      for (String name : BY_NAME) {
        Path beside = library.resolveSibling(name);
        if (library.endsWith("libc.so.6") && Files.exists(beside)) {
          needed.add(beside);
        }
      }
    }
    for (Path library : needed) {
      Path copy = root.resolve(Path.of("/").relativize(library));
      Files.createDirectories(copy.getParent());
      Files.copy(library.toRealPath(), copy, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static boolean isProgram(Path file) {
    try {
      if (!Files.isRegularFile(file) || Files.size(file) < 4) {
        return false;
      }
      try (var in = Files.newInputStream(file)) {
        return new String(in.readNBytes(4), StandardCharsets.ISO_8859_1).equals("\u007fELF");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Paths of libraries outside of the runtime, and of the loader.
  private Set<Path> needs(Path program) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder("ldd", program.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    Path lib = java.toAbsolutePath().resolve("lib");
    // The launcher has it loaded by then.
    builder.environment().put("LD_LIBRARY_PATH", lib + ":" + lib.resolve("server"));
    Process ldd = builder.start();
    String said = new String(ldd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!ldd.waitFor(30, TimeUnit.SECONDS) || ldd.exitValue() != 0) {
      throw new IOException("ldd fails on " + program + ": " + said);
    }
    if (said.contains("not found")) {
      throw new IOException(program + " needs a library that is not installed: " + said);
    }
    return said.lines()
        .flatMap(line -> Stream.of(line.strip().split(" ")).filter(word -> word.startsWith("/")))
        .map(Path::of)
        .filter(path -> !path.normalize().startsWith(root.toAbsolutePath().normalize()))
        .collect(Collectors.toSet());
  }

  private void system() throws IOException {
    Map<String, String> files =
        Map.of(
            "etc/passwd",
            "root:x:0:0:root:/:/none\n%1$s:x:%2$d:%2$d::/var/lib/mailcanary:/none\n"
                .formatted(USER, ID),
            "etc/group",
            "root:x:0:\n%s:x:%d:\n".formatted(USER, ID),
            "etc/nsswitch.conf",
            "passwd: files\ngroup: files\nhosts: files dns\n");
    for (Map.Entry<String, String> file : files.entrySet()) {
      Path path = root.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue());
    }
    for (String folder : List.of("tmp", "var/lib/mailcanary/data", "etc/mailcanary/probes", "run")) {
      Files.createDirectories(root.resolve(folder));
    }
    copy(bill, "usr/share/doc/mailcanary/sbom.json");
    Path licence = Path.of("/usr/share/doc/libc6/copyright");
    if (Files.exists(licence)) {
      copy(licence, "usr/share/doc/libc6/copyright");
    }
  }

  private void copy(Path from, String to) throws IOException {
    Path copy = root.resolve(to);
    Files.createDirectories(copy.getParent());
    Files.copy(from, copy);
  }

  private static String tool(String name, String... arguments) throws IOException {
    var out = new java.io.ByteArrayOutputStream();
    PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
    int code =
        ToolProvider.findFirst(name)
            .orElseThrow(() -> new IOException("this JDK has no " + name))
            .run(stream, stream, arguments);
    String said = out.toString(StandardCharsets.UTF_8);
    if (code != 0) {
      throw new IOException("%s ended with %d: %s".formatted(name, code, said));
    }
    return said;
  }

  private static void age(Path path) {
    try {
      if (!Files.isSymbolicLink(path)) {
        Files.setLastModifiedTime(path, FileTime.from(Instant.ofEpochSecond(1)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
