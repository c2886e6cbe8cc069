package souk.elasticsearch;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.PluginsLoader;

/**
 * Starts one Elasticsearch node on loopback and waits to be killed.
 *
 * <p>Arguments: the node's home folder (with {@code config}, {@code modules} and {@code plugins}), the HTTP port, and
 * further settings as {@code key=value}. The transport port is the system's choice: nobody joins this cluster.
 */
public final class LocalNode {
    private LocalNode() {}

    public static void main(String[] arguments) throws Exception {
        LogConfigurator.configureESLogging();
        Path home = Path.of(arguments[0]).toAbsolutePath();
        Settings.Builder settings = Settings.builder()
                .put("path.home", home)
                .put("cluster.name", "souk-local")
                .put("node.name", "local")
                .put("network.host", "127.0.0.1")
                .put("http.port", arguments[1])
                .put("transport.port", 0)
                .put("discovery.type", "single-node");
        for (int place = 2; place < arguments.length; place++) {
            String[] pair = arguments[place].split("=", 2);
            settings.put(pair[0], pair[1]);
        }
        Environment environment = new Environment(settings.build(), home.resolve("config"));
        PluginsLoader plugins = PluginsLoader.createPluginsLoader(
                PluginsLoader.loadModulesBundles(environment.modulesDir(), true),
                PluginsLoader.loadPluginsBundles(environment.pluginsDir(), true),
                Map.of());
        Node node = new Node(environment, plugins);
        CountDownLatch closed = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(node, closed)));
        node.start();
        closed.await();
    }

    private static void close(Node node, CountDownLatch closed) {
        try {
            node.close();
        } catch (Exception error) {
            System.err.println("the node did not close cleanly: " + error);
        } finally {
            closed.countDown();
        }
    }
}
