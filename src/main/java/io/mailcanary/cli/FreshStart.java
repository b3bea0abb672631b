package io.mailcanary.cli;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Begins anew, as the same process, with the JVM options that suit a service.
///
/// A jar cannot carry options, and without them the same work takes a third more memory. Where
/// whoever starts it gives options of their own, those alone count. Linux replaces the program of a
/// process without a new process (execve(2)), so whoever watches over it notices nothing.
final class FreshStart {
  /// The collector that needs the least beside the heap, and a small nursery; room for as much
  /// garbage as the old generation is let gather, given back at once where it is more, not over
  /// four full collections; and an optimizing compiler that begins at three times the usual counts,
  /// since what is called a few times a second earns what its compilation costs very late. A JVM
  /// that does not know one of them goes on without.
  static final List<String> OPTIONS =
      List.of(
          "-XX:+IgnoreUnrecognizedVMOptions",
          "-XX:+UseCompactObjectHeaders",
          "-XX:+UseSerialGC",
          "-Xms64m",
          "-Xmn16m",
          "-XX:MinHeapFreeRatio=10",
          "-XX:MaxHeapFreeRatio=26",
          "-XX:-ShrinkHeapInSteps",
          "-XX:Tier4InvocationThreshold=15000",
          "-XX:Tier4MinInvocationThreshold=1800",
          "-XX:Tier4CompileThreshold=45000");

  /// The C library keeps what it was given back, in as many pools as there were threads at work.
  private static final Map<String, String> MALLOC =
      Map.of(
          "MALLOC_ARENA_MAX", "2",
          "MALLOC_MMAP_THRESHOLD_", "131072",
          "MALLOC_TRIM_THRESHOLD_", "131072");

  /// Commands that run on and on; for a short one it would not pay.
  private static final Set<String> LASTING = Set.of("serve");

  private static final List<String> WITH_OPTIONS =
      List.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS");

  private static final Path THIS_PROGRAM = Path.of("/proc/self/exe");
  private static final Path COMMAND = Path.of("/proc/self/cmdline");

  /// `close_range` with CLOSE_RANGE_CLOEXEC marks files rather than closing them.
  private static final int CLOSE_AT_EXEC = 4;

  private static final int FIRST_OWN_FILE = 3;
  private static final int LAST_FILE = -1;
  private static final int KEEP_WHAT_IS_SET = 0;

  private FreshStart() {}

  /// Does not return where it begins anew; returns where it need not or cannot.
  ///
  /// @param args of the command line
  static void where(String[] args) {
    if (args.length == 0
        || !LASTING.contains(args[0])
        || !System.getProperty("java.vm.name", "").endsWith("Server VM")
        || !Files.isReadable(COMMAND)) {
      return;
    }
    try {
      // The bytes as they are, in whatever encoding.
      String command = Files.readString(COMMAND, StandardCharsets.ISO_8859_1);
      Optional<List<String>> anew = command(List.of(command.split("\0", -1)), System::getenv);
      if (anew.isPresent()) {
        replace(anew.get());
      }
    } catch (Throwable e) {
      // It goes on as it is: with more memory.
      if (e instanceof VirtualMachineError error) {
        throw error;
      }
    }
  }

  /// The command to begin anew with.
  ///
  /// @param command of this process, ended by an empty word
  /// @return empty where somebody chose options, or it has begun anew
  static Optional<List<String>> command(
      List<String> command, Function<String, @Nullable String> environment) {
    boolean plain = command.size() > 3 && command.get(1).equals("-jar");
    if (!plain || WITH_OPTIONS.stream().anyMatch(name -> isSet(environment.apply(name)))) {
      return Optional.empty();
    }
    List<String> anew = new ArrayList<>(command.subList(0, command.size() - 1));
    anew.addAll(1, OPTIONS);
    return Optional.of(List.copyOf(anew));
  }

  private static boolean isSet(@Nullable String options) {
    return options != null && !options.isBlank();
  }

  private static void replace(List<String> command) throws Throwable {
    Linker linker = Linker.nativeLinker();
    try (Arena arena = Arena.ofConfined()) {
      MethodHandle setenv =
          function(linker, "setenv", ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT)
              .orElseThrow();
      for (Map.Entry<String, String> setting : MALLOC.entrySet()) {
        var _ =
            (int)
                setenv.invokeExact(
                    arena.allocateFrom(setting.getKey()),
                    arena.allocateFrom(setting.getValue()),
                    KEEP_WHAT_IS_SET);
      }
      // The files of this JVM: the jar, its modules.
      Optional<MethodHandle> closeRange =
          function(
              linker,
              "close_range",
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT);
      if (closeRange.isPresent()) {
        var _ = (int) closeRange.get().invokeExact(FIRST_OWN_FILE, LAST_FILE, CLOSE_AT_EXEC);
      }
      MemorySegment words = arena.allocate(ValueLayout.ADDRESS, command.size() + 1L);
      for (int i = 0; i < command.size(); i++) {
        words.setAtIndex(
            ValueLayout.ADDRESS,
            i,
            arena.allocateFrom(command.get(i), StandardCharsets.ISO_8859_1));
      }
      MethodHandle execv =
          function(linker, "execv", ValueLayout.ADDRESS, ValueLayout.ADDRESS).orElseThrow();
      var _ = (int) execv.invokeExact(arena.allocateFrom(program()), words);
    }
  }

  private static String program() throws IOException {
    return Files.readSymbolicLink(THIS_PROGRAM).toString();
  }

  private static Optional<MethodHandle> function(
      Linker linker, String name, ValueLayout... arguments) {
    return linker
        .defaultLookup()
        .find(name)
        .map(at ->
            linker.downcallHandle(at, FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments)));
  }
}
