import ArgumentParser
import LogSumExp

struct DemoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Classify handwritten digits, start to finish; needs nothing.",
    discussion: """
      Gaussian naive Bayes on 1,797 images (E. Alpaydin and C. Kaynak, 1998, UCI, CC BY 4.0). \
      logSumExp of the ten log p(image, digit) is the log-evidence of the image, softmax their \
      posterior; a temperature tempers a model that is too sure of itself.
      """)

  @OptionGroup(title: "Engine")
  var engine: EngineOptions

  func run() throws {
    let options = try engine.rowOptions()
    let classification = Classification(try Digits(), options)
    print(classification.report)
    print(classification.times)
  }
}
