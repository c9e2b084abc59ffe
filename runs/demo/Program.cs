using System.Globalization;
using Juxta.Demo;

// The demo model's recipe in four commands; README.md beside this file says what came of it.
switch (args)
{
    case ["prepare", string folder]:
        Beginning.Write(folder);
        return 0;
    case ["train", string folder]:
        Lesson.Run(folder, threads: 0);
        return 0;
    case ["train", string folder, string threads]:
        Lesson.Run(folder, int.Parse(threads, CultureInfo.InvariantCulture));
        return 0;
    case ["export", string folder, string output]:
        Lesson.Export(folder, output);
        return 0;
    case ["adapters", string model]:
        Styles.Write(model);
        return 0;
    default:
        Console.Error.WriteLine("prepare DIR          write corpus, tokenizer and untrained model\ntrain DIR [THREADS]  train, or go on where a run was stopped\nexport DIR OUTPUT    write the trained model\nadapters MODEL       train the adapters over it");
        return 2;
}
